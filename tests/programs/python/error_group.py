def work():
    errors = []
    for value in ["1", "x", None]:
        try:
            int(value)
        except Exception as e:
            errors.append(e)
    raise ExceptionGroup("bad values", errors)


try:
    work()
except* ValueError as group:
    print("values:", group.exceptions)
except* TypeError as group:
    print("types:", len(group.exceptions))
