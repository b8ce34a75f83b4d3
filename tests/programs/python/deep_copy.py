import copy
import pickle

deep = []
for _ in range(5000):
    deep = [deep]
for work in (copy.deepcopy, pickle.dumps):
    try:
        work(deep)
        print("worked")
    except RecursionError as e:
        print(type(e).__name__)
