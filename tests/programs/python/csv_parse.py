import csv
import io
from collections import defaultdict

raw = 'name,amount,note\r\nAna,10.5,"hello, world"\r\nBen,3,"say ""hi"""\r\nAna,2,\r\n'
totals = defaultdict(float)
for row in csv.DictReader(io.StringIO(raw)):
    print(row)
    totals[row["name"]] += float(row["amount"])
print(dict(totals))
out = io.StringIO()
w = csv.writer(out)
w.writerows([["a,b", 1, None], ['q"', 2.5, True]])
print(repr(out.getvalue()))
