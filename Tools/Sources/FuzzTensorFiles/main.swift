import CFuzzer
import Glibc
import TensorSerialization
import Tensors

/// One file in the format that $FORMAT names. Whatever it holds, it is read whole or refused.
func read(_ bytes: SharedBytes, _ format: String) throws {
  // Below what a wrong size could make a run wait for.
  let byteLimit = 1 << 20
  switch format {
  case "torch": try visit(TorchFile(bytes, byteLimit: byteLimit).root)
  case "safetensors":
    let file = try SafetensorsFile(bytes)
    for name in file.tensorNames { _ = try? file.tensor(name) }
  case "npy":
    _ = try? NpyFile.read(bytes, byteLimit: byteLimit)
    for (_, tensor) in try NpyFile.readArchive(bytes, byteLimit: byteLimit) {
      _ = try? tensor.dense(byteLimit: byteLimit)
    }
  case "gguf":
    let file = try GGUFFile(bytes)
    for name in file.tensorNames { _ = try? file.numbers(of: name, byteLimit: byteLimit) }
    for value in file.metadata.values { _ = value.stringsValue?.packed() }
  default: break
  }
  let file = try TensorFile.open(bytes: bytes, byteLimit: byteLimit)
  for name in file.tensorNames { _ = try? file.tensor(name) }
  _ = try? file.rows()
}

func visit(_ value: TorchValue) throws {
  switch value {
  case .tensor(let tensor): _ = try? tensor.dense(byteLimit: 1 << 20)
  case .list(let items), .tuple(let items), .set(let items): for item in items { try visit(item) }
  case .dictionary(let members): for member in members { try visit(member.value) }
  default: break
  }
}

var argumentCount = CommandLine.argc
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
let status = LLVMFuzzerRunDriver(&argumentCount, &arguments) { data, size in
  let format = getenv("FORMAT").map { String(cString: $0) } ?? ""
  let bytes = SharedBytes([UInt8](UnsafeBufferPointer(start: data, count: size)))
  do { try read(bytes, format) } catch { _ = "\(error)" }
  return 0
}
exit(status)
