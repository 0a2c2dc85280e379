/// The filters that apply another filter, or a test, to each element.
extension Filter {
  static let selectionFilters: [String: Filter] = [
    "map": Filter { evaluator, arguments throws(TemplateError) in
      try evaluator.map(arguments)
    },
    "select": selection(keeping: true, attribute: false),
    "reject": selection(keeping: false, attribute: false),
    "selectattr": selection(keeping: true, attribute: true),
    "rejectattr": selection(keeping: false, attribute: true),
  ]

  private static func selection(keeping: Bool, attribute: Bool) -> Filter {
    Filter { evaluator, arguments throws(TemplateError) in
      try evaluator.select(arguments, keeping: keeping, attribute: attribute)
    }
  }
}

extension Evaluator {
  /// A generator that begins to read, and to check its arguments, when its first value is wanted.
  private func generator(
    _ name: String,
    over value: Value,
    _ prepare: @escaping () throws(TemplateError) -> (Value) throws(TemplateError) -> Value?
  ) throws(TemplateError) -> Value {
    var prepared: (iterator: IteratorObject, transform: (Value) throws(TemplateError) -> Value?)?
    return .iterator(
      try IteratorObject(named: name, from: value) { () throws(TemplateError) in
        guard value.isTrue else { return nil }
        let (iterator, transform): (IteratorObject, (Value) throws(TemplateError) -> Value?)
        if let prepared {
          (iterator, transform) = prepared
        } else {
          transform = try prepare()
          iterator = try IteratorObject(over: value)
          prepared = (iterator, transform)
        }
        while let element = try iterator.next() {
          try self.charge()
          if let result = try transform(element) { return result }
        }
        return nil
      }
    )
  }

  fileprivate func map(_ arguments: CallArguments) throws(TemplateError) -> Value {
    guard let value = arguments.positional.first else { return .none }
    return try generator("sync_do_map", over: value) { () throws(TemplateError) in
      var rest = arguments.dropping(1)
      if rest.positional.isEmpty, let attribute = rest.take("attribute") {
        let path = try AttributePath(
          attribute.isNone ? nil : attribute,
          fallback: rest.take("default").flatMap { $0.isNone ? nil : $0 }
        )
        if let (name, _) = rest.keywords.first {
          throw .argument("Unexpected keyword argument \(name.representation.string)")
        }
        return { (element) throws(TemplateError) in try path.value(in: element, self) }
      }
      guard let name = rest.positional.first else {
        throw .argument("map requires a filter argument")
      }
      guard case .text(let text) = name, let filter = Filter.named(text.string) else {
        throw .runtime(
          .templateRuntimeError,
          message: "No filter named \(name.representation.string)."
        )
      }
      let passed = rest.dropping(1)
      return { (element) throws(TemplateError) in
        try filter.apply(
          self,
          CallArguments(positional: [element] + passed.positional, keywords: passed.keywords)
        )
      }
    }
  }

  fileprivate func select(
    _ arguments: CallArguments,
    keeping: Bool,
    attribute: Bool
  ) throws(TemplateError) -> Value {
    guard let value = arguments.positional.first else { return .none }
    return try generator("select_or_reject", over: value) { () throws(TemplateError) in
      var rest = arguments.dropping(1)
      var path = try AttributePath(nil)
      if attribute {
        guard let name = rest.positional.first else {
          throw .argument("Missing parameter for attribute name")
        }
        path = try AttributePath(name)
        rest = rest.dropping(1)
      }
      guard let name = rest.positional.first else {
        return { (element) throws(TemplateError) in
          try path.value(in: element, self).isTrue == keeping ? element : nil
        }
      }
      let passed = rest.dropping(1)
      return { (element) throws(TemplateError) in
        let operand = try path.value(in: element, self)
        guard case .text(let text) = name, let test = ValueTest.named(text.string) else {
          throw .runtime(
            .templateRuntimeError,
            message: "No test named \(name.representation.string)."
          )
        }
        let holds = try test.holds(
          self,
          CallArguments(positional: [operand] + passed.positional, keywords: passed.keywords)
        )
        return holds == keeping ? element : nil
      }
    }
  }
}
