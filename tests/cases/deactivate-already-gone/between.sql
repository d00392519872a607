DELETE FROM tariff_tiers WHERE code = 'T5';
