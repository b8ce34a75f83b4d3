-- a comment; with a semicolon
/* and another; /* not nested */
SELECT 1 /* inside ; */ AS one, -- trailing
       '-- no comment' AS two, '/* nor this */' AS three;
;;;
SELECT 'it''s; fine', "double", 'line
break' FROM (SELECT 1 AS double); -- last
/* unterminated ;
