// RUN: eoq-opt %s -convert-onnx-to-eoq -split-input-file -verify-diagnostics

// expected-error@+2 {{10 of 12 ONNX nodes cannot be converted}}
// expected-note@+1 {{1 node behind these could not be checked}}
module {
  func.func @predict(%x: tensor<2x3x4x4xf32>) -> tensor<*xf32> {
    %zero = eoq.constant dense<0> : tensor<1xi64>
    %nine = eoq.constant dense<9> : tensor<1xi64>
    %huge = eoq.constant dense<1099511627776> : tensor<1xi64>
    %three = eoq.constant dense<[1, 2, 3]> : tensor<3xi64>
    %two = eoq.constant dense<[1, 2]> : tensor<2xi64>
    %zero_one = eoq.constant dense<1> : tensor<4xi64>
    %half = eoq.constant dense<0.5> : tensor<1xf32>
    // expected-note@+1 {{a constant of more than 4194304 elements is not folded}}
    %0 = eoq.onnx_node "ConstantOfShape"(%huge) domain "" opset 17 {} : (tensor<1xi64>) -> tensor<*xf32>
    // expected-note@+1 {{a constant of more than 4194304 elements is not folded}}
    %1 = eoq.onnx_node "Range"(%zero, %huge, %nine) domain "" opset 17 {} : (tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<*xi64>
    // expected-note@+1 {{'delta' is 0}}
    %2 = eoq.onnx_node "Range"(%zero, %nine, %zero) domain "" opset 17 {} : (tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<*xi64>
    // expected-note@+1 {{gathering from a computed tensor is not supported}}
    %3 = eoq.onnx_node "Gather"(%x, %zero) domain "" opset 17 {} : (tensor<2x3x4x4xf32>, tensor<1xi64>) -> tensor<*xf32>
    // expected-note@+1 {{the index 9 is out of range}}
    %4 = eoq.onnx_node "Gather"(%two, %nine) domain "" opset 17 {} : (tensor<2xi64>, tensor<1xi64>) -> tensor<*xi64>
    // expected-note@+1 {{an integer constant is divided by 0}}
    %5 = eoq.onnx_node "Div"(%two, %zero) domain "" opset 17 {} : (tensor<2xi64>, tensor<1xi64>) -> tensor<*xi64>
    // expected-note@+1 {{constants of the shapes [3] and [2] cannot be combined}}
    %6 = eoq.onnx_node "Add"(%three, %two) domain "" opset 17 {} : (tensor<3xi64>, tensor<2xi64>) -> tensor<*xi64>
    // expected-note@+1 {{its inputs have different element types}}
    %7 = eoq.onnx_node "Mul"(%three, %half) domain "" opset 17 {} : (tensor<3xi64>, tensor<1xf32>) -> tensor<*xi64>
    // expected-note@+1 {{only tensors, integers and floats are supported}}
    %8 = eoq.onnx_node "Constant"() domain "" opset 17 {value_string = "a"} : () -> tensor<*xf32>
    %nine_nine = eoq.onnx_node "Concat"(%nine, %zero_one) domain "" opset 17 {axis = 0 : i64} : (tensor<1xi64>, tensor<4xi64>) -> tensor<*xi64>
    // expected-note@+1 {{repeating a computed tensor is not supported}}
    %9 = eoq.onnx_node "Expand"(%x, %nine_nine) domain "" opset 17 {} : (tensor<2x3x4x4xf32>, tensor<*xi64>) -> tensor<*xf32>
    %10 = eoq.onnx_node "Sum"(%0, %1, %2, %3, %4, %5, %6, %7, %8, %9) domain "" opset 17 {} : (tensor<*xf32>, tensor<*xi64>, tensor<*xi64>, tensor<*xf32>, tensor<*xi64>, tensor<*xi64>, tensor<*xi64>, tensor<*xi64>, tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
    return %10 : tensor<*xf32>
  }
}
