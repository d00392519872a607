UPDATE elements SET keywords = '["tubarro"]', inherit_parent_data = false, sort_order = 40 WHERE code = 'ESCAPE';
