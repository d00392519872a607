UPDATE tariff_tiers SET is_active = false, price = 120 WHERE code = 'T6';
