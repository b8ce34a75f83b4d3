import json

deep = "[" * 500 + "]" * 500
print(len(json.dumps(json.loads(deep))))
tree = None
for i in range(300):
    tree = {"value": i, "next": tree}
text = json.dumps(tree)
print(len(text), json.loads(text)["next"]["value"])


def depth(t):
    return 0 if t is None else 1 + depth(t["next"])


print(depth(tree))
