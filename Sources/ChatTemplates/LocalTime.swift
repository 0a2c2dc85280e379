import Glibc

/// A time of day on a date, as a clock on the wall shows it; what `strftime_now` formats.
public struct LocalTime: Sendable, Equatable {
  /// The year, as 2024.
  public var year: Int
  /// The month from 1 to 12.
  public var month: Int
  /// The day of the month from 1.
  public var day: Int
  /// The hour from 0 to 23.
  public var hour: Int
  /// The minute from 0 to 59.
  public var minute: Int
  /// The second from 0 to 59.
  public var second: Int
  /// Millionths of a second.
  public var microsecond: Int

  /// A time from its parts.
  public init(
    year: Int,
    month: Int,
    day: Int,
    hour: Int = 0,
    minute: Int = 0,
    second: Int = 0,
    microsecond: Int = 0
  ) {
    self.year = year
    self.month = month
    self.day = day
    self.hour = hour
    self.minute = minute
    self.second = second
    self.microsecond = microsecond
  }

  /// The time in the time zone of the system.
  @Sendable public static func now() -> LocalTime {
    var time = timespec()
    var parts = unsafe tm()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    var seconds = time.tv_sec
    unsafe localtime_r(&seconds, &parts)
    return unsafe LocalTime(
      year: Int(parts.tm_year) + 1900,
      month: Int(parts.tm_mon) + 1,
      day: Int(parts.tm_mday),
      hour: Int(parts.tm_hour),
      minute: Int(parts.tm_min),
      second: Int(parts.tm_sec),
      microsecond: time.tv_nsec / 1000
    )
  }

  /// The time as `format` says, with the directives of Python's `datetime.strftime`.
  func formatted(_ format: String) -> String {
    var expanded: [UInt8] = []
    var bytes = Array(format.utf8)[...]
    while let byte = bytes.popFirst() {
      guard byte == UInt8(ascii: "%"), let directive = bytes.first else {
        expanded.append(byte)
        continue
      }
      bytes.removeFirst()
      switch directive {
      case UInt8(ascii: "f"):
        let digits = String(microsecond)
        expanded.append(String(repeating: "0", count: max(0, 6 - digits.count)) + digits)
      // A local time knows of no zone.
      case UInt8(ascii: "z"), UInt8(ascii: "Z"): break
      default: expanded += [byte, directive]
      }
    }
    return formattedBySystem(expanded)
  }

  private func formattedBySystem(_ format: [UInt8]) -> String {
    var parts = unsafe tm()
    unsafe parts.tm_year = Int32(clamping: year - 1900)
    unsafe parts.tm_mon = Int32(clamping: month - 1)
    unsafe parts.tm_mday = Int32(clamping: day)
    unsafe parts.tm_hour = Int32(clamping: hour)
    unsafe parts.tm_min = Int32(clamping: minute)
    unsafe parts.tm_sec = Int32(clamping: second)
    unsafe parts.tm_isdst = -1
    unsafe parts.tm_wday = Int32(clamping: dayOfWeek)
    unsafe parts.tm_yday = Int32(clamping: dayOfYear)
    // The mark at the end tells an empty result from one that did not fit.
    let format = (format + [UInt8(ascii: "."), 0]).map { CChar(bitPattern: $0) }
    var size = 256
    while size <= 1 << 22 {
      var buffer = [CChar](repeating: 0, count: size)
      let count = unsafe strftime(&buffer, size, format, &parts)
      if count > 0 {
        return String(decoding: buffer[..<(count - 1)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
      }
      size *= 4
    }
    return ""
  }

  /// Days since 0000-03-01, counted in years that end in February.
  private var dayNumber: Int {
    let shifted = month > 2 ? year : year - 1
    let monthIndex = (month + 9) % 12
    return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + (monthIndex * 153 + 2) / 5
      + day - 1
  }

  private var dayOfWeek: Int { (dayNumber + 3) % 7 }

  private var dayOfYear: Int { dayNumber - LocalTime(year: year, month: 1, day: 1).dayNumber }
}
