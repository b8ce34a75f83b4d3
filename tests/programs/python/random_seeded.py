import random

random.seed(42)
print(random.random(), random.randint(1, 6), random.choice("abc"), random.sample(range(10), 3))
xs = list(range(6))
random.shuffle(xs)
print(xs, random.gauss(0, 1), random.choices([1, 2], k=4), random.uniform(1, 2))
rng = random.Random("text")
print(rng.randrange(1000), rng.getrandbits(70))
