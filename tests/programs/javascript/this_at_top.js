console.log(typeof this);
(function () { console.log(typeof this); })();
implicit = 5;
console.log(implicit);
