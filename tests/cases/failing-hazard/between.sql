UPDATE elements SET name = 'Escape a mano' WHERE code = 'ESCAPE';
