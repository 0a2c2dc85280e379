internal import Tensors

/// What a pickle in a torch file may name: data types, and functions that put tensors together.
///
/// None of them is called; the reader does itself what each would do. The list is that of torch's
/// `weights_only` reader.
///
/// Source: torch/_weights_only_unpickler.py `_get_allowed_globals`
enum PickleGlobal: Hashable {
  case orderedDictionary, counter, set, byteArray, complex
  case encode
  case size, device, layout
  case tensorClass, parameterClass
  case elementType(TorchElementType)
  /// A storage class; of bytes where it is the untyped one.
  case storageClass(TorchElementType)
  case quantizationScheme
  case rebuildTensor, rebuildTensor2, rebuildTensor3
  case rebuildParameter, rebuildParameterWithState
  case rebuildFromType, rebuildDeviceTensor
  case rebuildSparse, rebuildMeta, rebuildQuantized
  /// Allowed by torch, but of no use to a reader of dense tensors.
  case unsupported

  /// The global `module.name`; `nil` if it is not on the list.
  init?(module: String, name: String) {
    // The modules of Python 2, which protocol 2 is written for.
    let module = module == "__builtin__" ? "builtins" : module
    if let global = Self.table["\(module).\(name)"] {
      self = global
    } else if module == "torch", let type = TorchElementType(storageClass: name) {
      self = .storageClass(type)
    } else if module == "torch", let type = TorchElementType(name: name) {
      self = .elementType(type)
    } else {
      return nil
    }
  }

  private static let table: [String: PickleGlobal] = [
    "collections.OrderedDict": .orderedDictionary,
    "collections.Counter": .counter,
    "builtins.set": .set,
    "builtins.bytearray": .byteArray,
    "builtins.complex": .complex,
    "_codecs.encode": .encode,
    "torch.Size": .size,
    "torch.device": .device,
    "torch.serialization._get_layout": .layout,
    "torch.Tensor": .tensorClass,
    "torch.nn.parameter.Parameter": .parameterClass,
    "torch.storage.UntypedStorage": .storageClass(TorchElementType(.uint8)),
    "torch.per_tensor_affine": .quantizationScheme,
    "torch.per_tensor_symmetric": .quantizationScheme,
    "torch.per_channel_affine": .quantizationScheme,
    "torch.per_channel_symmetric": .quantizationScheme,
    "torch.per_channel_affine_float_qparams": .quantizationScheme,
    "torch._utils._rebuild_tensor": .rebuildTensor,
    "torch._utils._rebuild_tensor_v2": .rebuildTensor2,
    "torch._utils._rebuild_tensor_v3": .rebuildTensor3,
    "torch._utils._rebuild_parameter": .rebuildParameter,
    "torch._utils._rebuild_parameter_with_state": .rebuildParameterWithState,
    "torch._tensor._rebuild_from_type_v2": .rebuildFromType,
    "torch._utils._rebuild_device_tensor_from_cpu_tensor": .rebuildDeviceTensor,
    "torch._utils._rebuild_sparse_tensor": .rebuildSparse,
    "torch._utils._rebuild_meta_tensor_no_storage": .rebuildMeta,
    "torch._utils._rebuild_qtensor": .rebuildQuantized,
    "torch._utils._rebuild_nested_tensor": .unsupported,
    "torch._utils._rebuild_wrapper_subclass": .unsupported,
    "torch._utils._rebuild_device_tensor_from_numpy": .unsupported,
  ]
}
