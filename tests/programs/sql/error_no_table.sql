SELECT * FROM missing WHERE id = 1
