import asyncio


async def fail():
    await asyncio.sleep(0)
    return {}["missing"]


async def main():
    task = asyncio.create_task(fail(), name="worker")
    try:
        await task
    except KeyError as e:
        print("caught", repr(e), task.done(), task.get_name())
    other = asyncio.create_task(asyncio.sleep(10))
    await asyncio.sleep(0)
    other.cancel()
    try:
        await other
    except asyncio.CancelledError:
        print("cancelled", other.cancelled())
    async with asyncio.timeout(5):
        event = asyncio.Event()
        asyncio.get_running_loop().call_later(0.01, event.set)
        await event.wait()
    for done in asyncio.as_completed([asyncio.sleep(0.02, "b"), asyncio.sleep(0.01, "a")]):
        print(await done)
    await fail()


asyncio.run(main())
