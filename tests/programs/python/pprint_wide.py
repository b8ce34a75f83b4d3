from pprint import pformat, pprint

data = {"users": [{"name": f"user{i}", "roles": ["admin", "editor"], "active": bool(i % 2)} for i in range(3)]}
pprint(data)
pprint(list(range(40)), width=60, compact=True)
print(pformat({"b": 1, "a": 2}, sort_dicts=False))
