import asyncio


async def fetch(name, delay):
    await asyncio.sleep(delay)
    print("got", name)
    return name.upper()


async def main():
    results = await asyncio.gather(fetch("b", 0.03), fetch("a", 0.01))
    print(results)
    try:
        await asyncio.wait_for(fetch("slow", 5), 0.02)
    except asyncio.TimeoutError:
        print("timed out")
    queue = asyncio.Queue(maxsize=2)

    async def producer():
        for i in range(4):
            await queue.put(i)
        await queue.put(None)

    task = asyncio.create_task(producer())
    while (item := await queue.get()) is not None:
        print("item", item)
    await task
    lock, sem = asyncio.Lock(), asyncio.Semaphore(2)
    async with lock, sem:
        print("locked", lock.locked())
    results = await asyncio.gather(fetch("x", 0), boom(), return_exceptions=True)
    print(results)


async def boom():
    raise KeyError("boom")


asyncio.run(main())
print("done")
