UPDATE tariff_tiers SET price = 150 WHERE code = 'T6';
