let head = null;
head.next = 1;
