class A:
    def hello(self):
        return ["A"]


class B(A):
    def hello(self):
        return ["B", *super().hello()]


class C(A):
    def hello(self):
        return ["C", *super().hello()]


class D(B, C):
    pass


class Meta(type):
    def __new__(mcs, name, bases, ns, **kw):
        cls = super().__new__(mcs, name, bases, ns)
        print("made", name, kw)
        return cls


class WithMeta(metaclass=Meta, flag=1):
    __slots__ = ("x",)

    def __init_subclass__(cls, **kw):
        print("subclass", cls.__name__)


class Sub(WithMeta):
    pass


print(D().hello(), D.mro())
w = WithMeta()
w.x = 3
try:
    w.y = 1
except AttributeError as e:
    print(type(e).__name__)


class Weird:
    def __getattr__(self, name):
        return f"<{name}>"

    def __call__(self, *a, **k):
        return a, k

    def __bool__(self):
        return False

    def __len__(self):
        return 3

    def __contains__(self, x):
        return x == 42


x = Weird()
print(x.foo, x(1, b=2), bool(x), len(x), 42 in x)


x.y.z
