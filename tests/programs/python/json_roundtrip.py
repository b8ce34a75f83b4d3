import json
from dataclasses import asdict, dataclass

data = {"name": "Zoë", "n": [1, 2.0, 1e100, None, True], "nested": {"a": {}}, 5: "int key"}
text = json.dumps(data, indent=2, sort_keys=False)
print(text)
print(json.dumps(data, ensure_ascii=False, separators=(",", ":")), json.loads(text)["n"][1])
print(json.loads('{"big": 12345678901234567890, "e": 1E3, "s": "\\u00e9\\n"}'))
print(json.dumps([float("nan"), float("inf")]), json.dumps("</script>\u2028"))


@dataclass
class P:
    x: int


print(json.dumps(P(1), default=asdict))
try:
    json.dumps({1, 2})
except TypeError as e:
    print(e)
json.loads('{"a": 1,, }')
