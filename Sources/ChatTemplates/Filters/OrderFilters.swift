extension Filter {
  static let orderFilters: [String: Filter] = [
    "sort": Filter(
      Signature("do_sort", ["value", "reverse", "case_sensitive", "attribute"], implicit: 1)
    ) { evaluator, passed throws(TemplateError) in
      let key = try SortKey(passed.some(3), isCaseSensitive: passed.isTrue(2), isList: true)
      let values = try evaluator.values(of: passed.value(0))
      let reverse = try passed.integer(1, 0) != 0
      return try .list(of: try evaluator.sort(values, reverse: reverse, by: key))
    },
    "dictsort": Filter(Signature("do_dictsort", ["value", "case_sensitive", "by", "reverse"])) {
      evaluator,
      passed throws(TemplateError) in
      let part = passed[2].map(\.display) ?? "key"
      guard part == "key" || part == "value" else {
        throw .argument("You can only sort by either \"key\" or \"value\"")
      }
      let mapping = try evaluator.mapping(passed.value(0), attribute: "items")
      let items = try evaluator.values(of: .view(MappingView(mapping, .items)))
      let key = SortKey(
        path: try AttributePath(.integer(part == "key" ? 0 : 1)),
        isCaseSensitive: passed.isTrue(1)
      )
      let reverse = try passed.integer(3, 0) != 0
      return try .list(of: try evaluator.sort(items, reverse: reverse, by: key))
    },
    "min": extreme(.less, "do_min"),
    "max": extreme(.greater, "do_max"),
    "unique": Filter(
      Signature("sync_do_unique", ["value", "case_sensitive", "attribute"], implicit: 1)
    ) { evaluator, passed throws(TemplateError) in
      return .iterator(
        try IteratorObject(named: "sync_do_unique", lazilyFrom: passed.value(0)) {
          () throws(TemplateError) in
          let key = try SortKey(passed.some(2), isCaseSensitive: passed.isTrue(1))
          let iterator = try IteratorObject(over: passed.value(0))
          var seen: Set<MappingKey> = []
          return { () throws(TemplateError) in
            while let value = try iterator.next() {
              try evaluator.charge()
              let key = try key.keys(of: value, evaluator)[0]
              guard key.isHashable else { throw key.unhashableError }
              if seen.insert(MappingKey(key)).inserted { return value }
            }
            return nil
          }
        }
      )
    },
    "groupby": Filter(
      Signature(
        "sync_do_groupby",
        ["value", "attribute", "default", "case_sensitive"],
        required: 2,
        implicit: 1
      )
    ) { evaluator, passed throws(TemplateError) in
      try evaluator.group(passed)
    },
  ]

  private static func extreme(_ order: Ordering, _ name: String) -> Filter {
    Filter(Signature(name, ["value", "case_sensitive", "attribute"], implicit: 1)) {
      evaluator,
      passed throws(TemplateError) in
      let key = try SortKey(passed.some(2), isCaseSensitive: passed.isTrue(1))
      let iterator = try IteratorObject(over: passed.value(0))
      guard var best = try iterator.next() else {
        return .undefined(UndefinedObject(.hint("No aggregated item, sequence was empty.")))
      }
      var bestKey = try key.keys(of: best, evaluator)[0]
      while let value = try iterator.next() {
        try evaluator.charge()
        let candidate = try key.keys(of: value, evaluator)[0]
        if try candidate.isOrdered(order, bestKey) { (best, bestKey) = (value, candidate) }
      }
      return best
    }
  }
}

extension Evaluator {
  fileprivate func sort(
    _ values: [Value],
    reverse: Bool,
    by key: SortKey
  ) throws(TemplateError) -> [Value] {
    var keyed: [(keys: [Value], value: Value)] = []
    for value in reverse ? values.reversed() : values {
      keyed.append((try key.keys(of: value, self), value))
    }
    keyed = try keyed.stablySorted { (left, right) throws(TemplateError) in
      try charge()
      return try key.isOrdered(left.keys, right.keys)
    }
    // Reversed twice, equal elements keep their order, as in Python.
    return reverse ? keyed.reversed().map(\.value) : keyed.map(\.value)
  }

  fileprivate func group(_ passed: [Value?]) throws(TemplateError) -> Value {
    let path = try AttributePath(passed.some(1), fallback: passed.some(2))
    let key = SortKey(path: path, isCaseSensitive: passed.isTrue(3))
    var groups: [Value] = []
    var current: [Value] = []
    var currentKey: [Value] = []
    func finish() throws(TemplateError) {
      guard let first = current.first else { return }
      try charge(8)
      let name = try path.value(in: first, self)
      groups.append(
        .tuple(try SequenceObject([name, try .list(of: current)], isGroup: true))
      )
    }
    for value in try sort(try values(of: passed.value(0)), reverse: false, by: key) {
      let keys = try key.keys(of: value, self)
      if !current.isEmpty, keys[0].isEqual(to: currentKey[0]) {
        current.append(value)
      } else {
        try finish()
        current = [value]
        currentKey = keys
      }
    }
    try finish()
    return try .list(of: groups)
  }
}
