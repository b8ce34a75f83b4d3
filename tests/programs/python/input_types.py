age = input("Age: ")
print(age + 1)
