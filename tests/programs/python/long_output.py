for i in range(300):
    print(f"line {i}: " + "x" * (i % 50))
