UPDATE tariff_tiers SET is_active = false WHERE code = 'T5';
