x = 5
print(eval("x + 1"), eval("[y for y in range(x)]"))
ns = {}
exec("def f(a):\n    return a * 2", ns)
print(ns["f"](4), compile("1 + 1", "<s>", "eval").co_filename)
import inspect
import ast


def sample(a, b=2):
    return a


print(inspect.signature(sample), inspect.getsource(sample).strip(), ast.dump(ast.parse("1+x", mode="eval")))
print(ast.literal_eval("{'a': [1, (2,)]}"))
eval("1 +")
