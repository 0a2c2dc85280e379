extension Value {
  /// The name of the value's Python type.
  var typeName: String {
    switch self {
    case .none: "NoneType"
    case .boolean: "bool"
    case .integer, .large: "int"
    case .float: "float"
    case .text(let value): value.isMarkup ? "Markup" : "str"
    case .bytes: "bytes"
    case .list: "list"
    case .tuple(let value): value.isGroup ? "_GroupTuple" : "tuple"
    case .mapping: "dict"
    case .undefined: "Undefined"
    case .range: "range"
    case .view(let value): value.part.rawValue
    case .iterator(let value): value.typeName
    case .namespace: "TemplateNamespace"
    case .macro: "Macro"
    case .loop: "LoopContext"
    case .function(let value): value.typeName
    case .method(let value): value.isBuiltin ? "builtin_function_or_method" : "method"
    case .cycler: "Cycler"
    case .joiner: "Joiner"
    }
  }

  /// What jinja2 calls the value where something is missing in it.
  var objectDescription: String {
    switch self {
    case .none: "None"
    case .text(let value) where value.isMarkup: "markupsafe.Markup object"
    case .tuple(let value) where value.isGroup: "jinja2.filters._GroupTuple object"
    case .function(.dict): "transformers.utils.chat_template_utils.TemplateDict object"
    case .function(.template): "jinja2.runtime.TemplateReference object"
    case .namespace: "transformers.utils.chat_template_utils.TemplateNamespace object"
    case .macro: "jinja2.runtime.Macro object"
    case .loop: "jinja2.runtime.LoopContext object"
    case .cycler: "jinja2.utils.Cycler object"
    case .joiner: "jinja2.utils.Joiner object"
    default: "\(typeName) object"
    }
  }

  /// The name of the type as Python's built-in functions complain of an argument.
  var argumentTypeName: String { isNone ? "None" : typeName }

  /// Python's error where the value has no attribute of that name.
  func attributeError(_ name: String) -> TemplateError {
    var subject = "'\(typeName)' object"
    if case .function(let function) = self, let path = function.className {
      subject = "type object '\(path.split(separator: ".").last ?? "")'"
    }
    return .runtime(.attributeError, message: "\(subject) has no attribute '\(name)'")
  }

  /// How deeply lists, mappings and their like are nested in the value.
  var depth: Int {
    switch self {
    case .list(let value), .tuple(let value): value.depth
    case .mapping(let value): value.depth
    case .view(let value): value.mapping.depth
    case .iterator(let value): value.depth
    case .loop(let value): value.depth
    case .method(let value): value.depth
    case .cycler(let value): value.items.depth
    default: 0
    }
  }

  /// How much there is to read in the value: its texts' bytes and its elements', at all depths.
  var size: Int {
    switch self {
    case .text(let value): value.bytes.count
    case .bytes(let value): value.bytes.count
    case .list(let value), .tuple(let value): value.size
    case .mapping(let value): value.size
    case .view(let value): value.mapping.size
    default: 0
    }
  }

  /// Whether there is a namespace in the value, whose size changes and is not part of its own.
  var holdsNamespace: Bool {
    switch self {
    case .namespace: true
    case .list(let value), .tuple(let value): value.holdsNamespace
    case .mapping(let value): value.holdsNamespace
    case .view(let value): value.mapping.holdsNamespace
    default: false
    }
  }

  /// Steps that it takes to write the numbers in the value as decimal digits, at all depths but
  /// in namespaces; for long integers it grows with the square of their lengths.
  var digitWork: Int {
    switch self {
    case .float: 6
    case .large(let value): value.words.count * value.words.count / 32
    case .list(let value), .tuple(let value): value.digitWork
    case .mapping(let value): value.digitWork
    case .view(let value): value.mapping.digitWork
    default: 0
    }
  }

  /// Whether Python could use the value as a key.
  var isHashable: Bool {
    switch self {
    case .list, .mapping, .view: false
    case .tuple(let value): value.elements.allSatisfy(\.isHashable)
    default: true
    }
  }

  /// Python's `callable`.
  var isCallable: Bool {
    switch self {
    case .undefined, .macro, .loop, .function, .method, .joiner: true
    default: false
    }
  }
}
