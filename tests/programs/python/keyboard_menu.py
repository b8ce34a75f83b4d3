balance = 100
while True:
    choice = input("> ").strip().lower()
    if choice == "q":
        break
    match choice.split():
        case ["deposit", n]:
            balance += int(n)
        case ["withdraw", n] if int(n) <= balance:
            balance -= int(n)
        case ["withdraw", _]:
            print("not enough")
        case _:
            print("?", choice)
    print("balance", balance)
print("bye", balance)
