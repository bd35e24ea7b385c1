// RUN: eoq-opt %s -split-input-file -verify-diagnostics

func.func @group_of_eight(%sum: vector<8xi32>, %a: vector<64xi8>) {
  // expected-error @below {{operand #1 must be}}
  %0 = eoq.dot_accumulate %sum, %a, %a : vector<8xi32>, vector<64xi8>
  return
}

// -----

func.func @bytes_in_pairs(%sum: vector<8xi32>, %a: vector<16xi8>) {
  // expected-error @below {{operand #1 must be}}
  %0 = eoq.dot_accumulate %sum, %a, %a : vector<8xi32>, vector<16xi8>
  return
}

// -----

func.func @long_sum(%sum: vector<8xi64>, %a: vector<16xi16>) {
  // expected-error @below {{operand #0 must be vector of 32-bit signless integer values of length 8}}
  %0 = eoq.dot_accumulate %sum, %a, %a : vector<8xi64>, vector<16xi16>
  return
}

// -----

func.func @different_operands(%sum: vector<8xi32>, %a: vector<16xi16>, %b: vector<32xi8>) {
  // expected-error @below {{failed to verify that all of {lhs, rhs} have same type}}
  %0 = "eoq.dot_accumulate"(%sum, %a, %b) : (vector<8xi32>, vector<16xi16>, vector<32xi8>) -> vector<8xi32>
  return
}
