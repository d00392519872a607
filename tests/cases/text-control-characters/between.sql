-- Sequences that would clear the screen, colour it, turn the text round, or hide it.
UPDATE elements SET
  name = E'\x1b[2J\x1b[31mEscape\r\n\x07',
  description = E'a\tb\u009b31m\u202eb\u200bc\u2028d\u007f',
  keywords = to_jsonb(ARRAY['escape', E'\x1b]0;título\x07']);
INSERT INTO element_images (id, element_id, title, url)
  SELECT 'b0000000-0000-4000-8000-000000000001', id, E'\x1b[31mrojo', '/images/x.jpg' FROM elements;
