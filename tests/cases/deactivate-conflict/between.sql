UPDATE tariff_tiers SET price = 120 WHERE code = 'T6';
