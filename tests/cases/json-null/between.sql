-- JSON null, where SQL NULL would belong.
UPDATE element_required_fields SET options = 'null'::jsonb;
