extension Filter {
  static let sequenceFilters: [String: Filter] = [
    "length": length,
    "count": length,
    "default": defaultFilter,
    "d": defaultFilter,
    "first": Filter(Signature("sync_do_first", ["seq"], implicit: 1)) {
      _,
      passed throws(TemplateError) in
      try IteratorObject(over: passed.value(0)).next()
        ?? .undefined(UndefinedObject(.hint("No first item, sequence was empty.")))
    },
    "last": Filter(Signature("do_last", ["seq"], implicit: 1)) {
      evaluator,
      passed throws(TemplateError) in
      try evaluator.reversed(passed.value(0)).first
        ?? .undefined(UndefinedObject(.hint("No last item, sequence was empty.")))
    },
    "random": Filter(Signature("do_random", ["seq"], implicit: 1)) {
      evaluator,
      passed throws(TemplateError) in
      try evaluator.values(of: passed.value(0)).randomElement()
        ?? .undefined(UndefinedObject(.hint("No random item, sequence was empty.")))
    },
    "list": Filter(Signature("sync_do_list", ["value"])) {
      evaluator,
      passed throws(TemplateError) in
      try evaluator.madeList(try evaluator.values(of: passed.value(0)))
    },
    "items": Filter(Signature("do_items", ["value"])) { _, passed throws(TemplateError) in
      let value = passed.value(0)
      return .iterator(
        try IteratorObject(named: "do_items", lazilyFrom: value) { () throws(TemplateError) in
          if value.isUndefined { return { () throws(TemplateError) in nil } }
          guard case .mapping(let mapping) = value else {
            throw .type("Can only get item pairs from a mapping.")
          }
          return try IteratorObject(over: .view(MappingView(mapping, .items))).next
        }
      )
    },
    "join": Filter(Signature("sync_do_join", ["value", "d", "attribute"], implicit: 1)) {
      evaluator,
      passed throws(TemplateError) in
      try evaluator.join(passed)
    },
    "reverse": Filter(Signature("do_reverse", ["value"])) {
      evaluator,
      passed throws(TemplateError) in
      if case .text(let text) = passed.value(0) {
        return try evaluator.made(Text(text.scalars.reversed()).marked(text.isMarkup))
      }
      guard passed.value(0).isIterable else { throw .argument("argument must be iterable") }
      switch passed.value(0) {
      case .iterator:
        do throws(TemplateError) {
          return try evaluator.madeList(try evaluator.values(of: passed.value(0)).reversed())
        } catch {
          guard case .runtime(.typeError, _) = error else { throw error }
          throw .argument("argument must be iterable")
        }
      default:
        let elements = try IteratorObject(over: .list(of: try evaluator.reversed(passed.value(0))))
        return .iterator(
          try IteratorObject(
            passed.value(0).reverseIteratorName,
            from: passed.value(0),
            elements.next
          )
        )
      }
    },
    "batch": Filter(Signature("do_batch", ["value", "linecount", "fill_with"], required: 2)) {
      evaluator,
      passed throws(TemplateError) in
      try evaluator.batch(passed)
    },
    "slice": Filter(Signature("sync_do_slice", ["value", "slices", "fill_with"], required: 2)) {
      evaluator,
      passed throws(TemplateError) in
      try evaluator.slices(passed)
    },
    "sum": Filter(Signature("sync_do_sum", ["iterable", "attribute", "start"], implicit: 1)) {
      evaluator,
      passed throws(TemplateError) in
      let path = try AttributePath(passed.some(1))
      var total = passed[2] ?? .integer(0)
      let iterator = try IteratorObject(over: passed.value(0))
      if case .text = total { throw .type("sum() can't sum strings [use ''.join(seq) instead]") }
      if case .bytes = total { throw .type("sum() can't sum bytes [use b''.join(seq) instead]") }
      while let element = try iterator.next() {
        try evaluator.charge()
        total = try evaluator.apply(.add, total, try path.value(in: element, evaluator))
      }
      return total
    },
    "attr": Filter(Signature("do_attr", ["obj", "name"], required: 2, implicit: 1)) {
      evaluator,
      passed throws(TemplateError) in
      guard case .text(let name) = passed.value(1) else {
        throw .type("attribute name must be string, not '\(passed.value(1).typeName)'")
      }
      if case .undefined(let undefined) = passed.value(0) { throw undefined.error }
      return try evaluator.ownAttribute(name, of: passed.value(0))
        ?? .undefined(
          UndefinedObject(.attribute(name, of: passed.value(0).objectDescription))
        )
    },
  ]

  private static let length = Filter(Signature("len", ["obj"], isBuiltin: true)) {
    _,
    passed throws(TemplateError) in
    .integer(try passed.value(0).length())
  }

  private static let defaultFilter = Filter(
    Signature("do_default", ["value", "default_value", "boolean"])
  ) { _, passed throws(TemplateError) in
    let value = passed.value(0)
    if value.isUndefined || passed.isTrue(2) && !value.isTrue { return passed[1] ?? .text("") }
    return value
  }
}

extension Evaluator {
  /// The elements of a sequence from the last on, as Python's `reversed` allows it.
  func reversed(_ value: Value) throws(TemplateError) -> [Value] {
    switch value {
    case .text(let text) where text.isMarkup:
      // Python takes each character with a subscript, which keeps the mark.
      return try values(of: value).reversed().map { .text($0.display.marked(true)) }
    case .text, .list, .tuple, .range, .mapping, .view, .undefined:
      return try values(of: value).reversed()
    default: throw .type("'\(value.typeName)' object is not reversible")
    }
  }

  fileprivate func join(_ passed: [Value?]) throws(TemplateError) -> Value {
    let path = try AttributePath(passed.some(2))
    let iterator = try IteratorObject(over: passed.value(0))
    var separator = passed[1].map(\.softDisplay) ?? ""
    var parts: [Text] = []
    var total = 0
    while let element = try iterator.next() {
      let value = try path.value(in: element, self)
      try charge(displaying: value)
      let text = escapes ? value.softDisplay : value.display
      parts.append(text)
      total += text.bytes.count + separator.bytes.count
      try charge()
      if total > limits.textBytes { try charge(bytes: total) }
    }
    let isMarkup = escapes && (separator.isMarkup || parts.contains { $0.isMarkup })
    if isMarkup {
      separator = separator.escaped()
      parts = parts.map { $0.escaped() }
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(total)
    for (index, part) in parts.enumerated() {
      if index > 0 { bytes += separator.bytes }
      bytes += part.bytes
    }
    return try made(Text(bytes: bytes, isMarkup: isMarkup))
  }

  fileprivate func batch(_ passed: [Value?]) throws(TemplateError) -> Value {
    return .iterator(
      try IteratorObject(named: "do_batch", lazilyFrom: passed.value(0)) {
        () throws(TemplateError) in
        let count = passed.value(1)
        let iterator = try IteratorObject(over: passed.value(0))
        let fill = passed.some(2)
        var pending: Value?
        return { () throws(TemplateError) in
          var batch: [Value] = []
          if let value = pending {
            batch.append(value)
            pending = nil
          }
          while let value = try iterator.next() {
            try self.charge()
            if count.isEqual(to: .integer(batch.count)) {
              pending = value
              return try .list(of: batch)
            }
            batch.append(value)
          }
          if batch.isEmpty { return nil }
          if let fill, try Value.integer(batch.count).isOrdered(.less, count) {
            let count = try count.expectedIndex()
            try self.charge(count - batch.count)
            batch += [Value](repeating: fill, count: count - batch.count)
          }
          return try .list(of: batch)
        }
      }
    )
  }

  fileprivate func slices(_ passed: [Value?]) throws(TemplateError) -> Value {
    return .iterator(
      try IteratorObject(named: "sync_do_slice", lazilyFrom: passed.value(0)) {
        () throws(TemplateError) in
        let all = try self.values(of: passed.value(0))
        _ = try self.apply(.floorDivide, .integer(all.count), passed.value(1))
        let count = try passed.value(1).expectedIndex()
        let fill = passed.some(2)
        var slice = 0
        var offset = 0
        return { () throws(TemplateError) in
          guard slice < count else { return nil }
          try self.charge(3)
          try self.charge()
          let size = all.count / count
          let extra = all.count % count
          let start = offset + slice * size
          if slice < extra { offset += 1 }
          slice += 1
          var elements = Array(all[start..<offset + slice * size])
          if let fill, slice > extra { elements.append(fill) }
          return try .list(of: elements)
        }
      }
    )
  }
}

extension Value {
  /// The name of the Python type that goes through the value from its end.
  fileprivate var reverseIteratorName: String {
    switch self {
    case .list: "list_reverseiterator"
    case .mapping: "dict_reversekeyiterator"
    case .range: "range_iterator"
    case .view(let view):
      switch view.part {
      case .keys: "dict_reversekeyiterator"
      case .values: "dict_reversevalueiterator"
      case .items: "dict_reverseitemiterator"
      }
    default: "reversed"
    }
  }
}
