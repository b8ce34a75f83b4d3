inventory = {"apple": 3}


def price(item):
    return inventory[item] * 2


print(price("apple"))
print(price("pear"))
