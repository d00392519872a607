UPDATE tariff_tiers SET price = 145 WHERE code = 'T6';
