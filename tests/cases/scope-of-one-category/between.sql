UPDATE tariff_tiers SET price = 1 WHERE code = 'T6';
