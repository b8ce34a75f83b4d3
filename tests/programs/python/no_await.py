import asyncio
import warnings

warnings.simplefilter("ignore")


async def f():
    return 1


coro = f()
print(type(coro).__name__)
coro.close()
print(asyncio.iscoroutinefunction(f) if False else "ok")
f() + 1
