UPDATE tariff_tiers SET price = 99 WHERE code = 'T6';
