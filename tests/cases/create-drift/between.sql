-- The picture and the mapping row go with the element.
DELETE FROM elements WHERE code = 'ESCAPE';
