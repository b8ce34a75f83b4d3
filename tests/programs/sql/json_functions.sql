SELECT json('{"a": [1, 2.0, "x"]}'), json_extract('{"a":{"b":[10,20]}}', '$.a.b[1]'), '{"a":1}' -> 'a', '{"a":"t"}' ->> '$.a';
SELECT json_array(1, 'a', NULL, 2.5), json_object('k', json_array(1)), json_array_length('[1,2,3]'), json_type('{"a":null}', '$.a');
SELECT key, value, type FROM json_each('{"x": 1, "y": [true, null]}'); SELECT fullkey, atom FROM json_tree('{"a":[1,{"b":2}]}') WHERE atom IS NOT NULL;
SELECT json_group_array(n), json_group_object(n, n * n) FROM (SELECT 1 AS n UNION SELECT 2); SELECT json_valid('{bad'), json_set('{"a":1}', '$.b', 2), json_remove('[1,2]', '$[0]');
SELECT json('{bad')
