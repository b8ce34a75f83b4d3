-- nothing here
;
