import asyncio


class Range:
    def __init__(self, n):
        self.n = n

    def __aiter__(self):
        self.i = 0
        return self

    async def __anext__(self):
        if self.i >= self.n:
            raise StopAsyncIteration
        self.i += 1
        await asyncio.sleep(0)
        return self.i


class Managed:
    async def __aenter__(self):
        print("enter")
        return self

    async def __aexit__(self, kind, value, tb):
        print("exit", kind.__name__ if kind else None)
        return True


async def numbers():
    for i in range(3):
        yield i


async def main():
    print([x async for x in Range(3)], {x: 1 async for x in numbers()})
    async with Managed():
        raise ZeroDivisionError
    async with asyncio.TaskGroup() as group:
        t = group.create_task(asyncio.sleep(0.01, result="slept"))
    print(t.result())
    raise LookupError("from main")


asyncio.run(main())
