deep = []
for _ in range(100_000):
    deep = [deep]
print("built")
del deep
print("freed")
chain = None
for i in range(50_000):
    chain = (i, chain)
del chain
print("tuples freed")
d = {}
for _ in range(50_000):
    d = {"next": d}
del d
print("dicts freed")
