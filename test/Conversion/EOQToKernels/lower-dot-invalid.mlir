// RUN: eoq-opt %s -eoq-lower-dot -verify-diagnostics

// expected-error @below {{expected strings 'triple' and 'features' in the module's attribute 'eoq.target'}}
module attributes {eoq.target = {triple = "x86_64-unknown-linux-gnu"}} {
}
