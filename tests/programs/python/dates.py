from datetime import date, datetime, timedelta, timezone
import calendar

d = date(2024, 2, 28)
print(d + timedelta(days=2), d.strftime("%A %d %B %Y, day %j, week %V"), d.isoweekday())
print(datetime.fromisoformat("2024-03-10T12:30:00+02:00").astimezone(timezone.utc))
print(datetime.strptime("31/12/1999 23:59", "%d/%m/%Y %H:%M") + timedelta(minutes=2))
print(timedelta(days=-1, hours=5), timedelta(seconds=90061), repr(timedelta(hours=30)))
print((date(2024, 12, 25) - date(2024, 7, 4)).days, repr(d), d.isoformat(), d.replace(month=1))
print(calendar.isleap(1900), calendar.monthrange(2024, 2)[1], sorted([date(2024, 5, 1), d]))
print(calendar.month(2024, 2))
print(datetime(2024, 1, 1, tzinfo=timezone(timedelta(hours=5, minutes=30))).isoformat())
print(datetime.fromtimestamp(0, timezone.utc), datetime.max, datetime(2024, 1, 1, 0, 0, 0, 5))
datetime.strptime("31.02", "%d/%m")
