UPDATE tariff_tiers SET is_active = true WHERE code = 'T6';
