// RUN: eoq-opt %s -eoq-plan-memory -verify-diagnostics -split-input-file

// expected-error @below {{expected a description of the model in the module's attribute 'eoq.model_info'; 'convert-eoq-to-kernels' writes it}}
module {
}

// -----

// expected-error @below {{the module has a memory plan already}}
module attributes {eoq.model_info = {arena_bytes = 64 : i64, name = "twice", state_bytes = 64 : i64}} {
}

// -----

module attributes {eoq.model_info = {name = "initialize", state_bytes = 64 : i64}} {
  func.func @initialize(%state: memref<64xi8>, %seed: i32) {
    // expected-error @below {{'memref.alloc' op needs an arena, and '@initialize' has none}}
    %a = memref.alloc() : memref<200xi8>
    return
  }
}

// -----

// expected-error @below {{'eoq.model_info' has no integer 'state_bytes'}}
module attributes {eoq.model_info = {name = "stateless"}} {
}
