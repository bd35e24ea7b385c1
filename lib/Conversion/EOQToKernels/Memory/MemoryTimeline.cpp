//===- MemoryTimeline.cpp - the memory plan as a picture ------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "PlannedFunction.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

using namespace mlir;
using namespace mlir::eoq;

// Sizes of a chart, in pixels.
static constexpr int kWidth = 1200, kHeight = 400, kLeft = 20, kTop = 50;
static constexpr int kChartHeight = kTop + kHeight + 30;

/// Text between tags or in an attribute. Names come from ONNX files and may be
/// any bytes.
static std::string escapeXML(StringRef text) {
  std::string valid =
      llvm::json::isUTF8(text) ? text.str() : llvm::json::fixUTF8(text);
  std::string escaped;
  for (char c : valid) {
    if (c == '&')
      escaped += "&amp;";
    else if (c == '<')
      escaped += "&lt;";
    else if (c == '>')
      escaped += "&gt;";
    else if (c == '"')
      escaped += "&quot;";
    else // XML has no control characters, not even escaped
      escaped += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return escaped;
}

/// The class that says a rectangle's color.
static std::string getClass(const ShownBuffer &buffer) {
  if (buffer.place.scratch)
    return "scratch";
  std::string name;
  llvm::raw_string_ostream(name) << buffer.elementType;
  return name;
}

namespace {

/// One function's picture, with its upper left corner at (0, top).
class Chart {
public:
  Chart(const PlannedFunction &function, int64_t arenaBytes, int top,
        raw_ostream &os)
      : function(function), top(top), os(os),
        xScale(double(kWidth) / std::max<size_t>(function.live.size(), 1)),
        yScale(double(kHeight) / std::max<int64_t>(arenaBytes, 1)) {}

  void print();

private:
  double x(int64_t position) const { return kLeft + position * xScale; }
  double y(int64_t bytes) const {
    return top + kTop + kHeight - bytes * yScale;
  }
  void printBuffer(const ShownBuffer &buffer);
  void printLiveBytes();

  const PlannedFunction &function;
  int top;
  raw_ostream &os;
  double xScale, yScale;
};

} // namespace

void Chart::printBuffer(const ShownBuffer &buffer) {
  const PlannedBuffer &place = buffer.place;
  os << llvm::formatv(
      "<rect class=\"{0}\" x=\"{1:F2}\" y=\"{2:F2}\" width=\"{3:F2}\" "
      "height=\"{4:F2}\"><title>{5}: {6} bytes at {7}, ops {8} to "
      "{9}</title></rect>\n",
      getClass(buffer), x(place.first), y(place.offset + place.bytes),
      (place.last - place.first + 1) * xScale, place.bytes * yScale,
      escapeXML(buffer.name), groupDigits(place.bytes),
      groupDigits(place.offset), place.first, place.last);
}

void Chart::printLiveBytes() {
  os << "<polyline points=\"";
  llvm::ListSeparator separator(" ");
  for (auto [position, bytes] : llvm::enumerate(function.live)) {
    int64_t at = position;
    // Steps: the sum does not change while an op runs.
    os << separator
       << llvm::formatv("{0:F2},{1:F2} {2:F2},{1:F2}", x(at), y(bytes),
                        x(at + 1));
  }
  os << "\"><title>live bytes</title></polyline>\n";
}

void Chart::print() {
  int64_t bound =
      function.live.empty() ? 0 : function.live[function.peakPosition];
  int64_t arena = 0;
  for (const ShownBuffer &buffer : function.buffers)
    arena = std::max(arena, buffer.place.offset + buffer.place.bytes);
  os << llvm::formatv(
      "<text x=\"{0}\" y=\"{1}\">@{2}: {3} ops, {4} buffers, arena {5} bytes, "
      "largest live sum {6}</text>\n",
      kLeft, top + kTop - 12, escapeXML(function.name), function.live.size(),
      function.buffers.size(), groupDigits(arena), groupDigits(bound));
  os << llvm::formatv("<rect class=\"paper\" x=\"{0}\" y=\"{1}\" width=\"{2}\" "
                      "height=\"{3}\"/>\n",
                      kLeft, top + kTop, kWidth, kHeight);
  for (const ShownBuffer &buffer : function.buffers)
    printBuffer(buffer);
  printLiveBytes();
}

void mlir::eoq::printMemoryTimeline(ModuleOp module, raw_ostream &os) {
  std::vector<PlannedFunction> functions = PlannedFunction::collect(module);
  int64_t arenaBytes = 0;
  for (const PlannedFunction &function : functions)
    arenaBytes = std::max(arenaBytes, function.arenaBytes);
  os << llvm::formatv(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg "
      "xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" "
      "viewBox=\"0 0 {0} {1}\">\n",
      kWidth + 2 * kLeft, int64_t(functions.size()) * kChartHeight + 40);
  os << "<title>memory plan: ops from left to right, addresses from bottom to "
        "top</title>\n<style>\n"
        "text { font: 14px sans-serif }\n"
        "rect { stroke: #ffffff; stroke-width: 0.3 }\n"
        "polyline { fill: none; stroke: #000000; stroke-width: 1 }\n"
        ".paper { fill: #f4f4f4 }\n";
  struct Color {
    const char *name, *color, *text;
  };
  static constexpr Color kColors[] = {
      {"i8", "#4e79a7", "8 bits"},   {"i16", "#59a14f", "16 bits"},
      {"i32", "#e15759", "32 bits"}, {"i64", "#b07aa1", "64 bits"},
      {"f32", "#f28e2b", "float"},   {"scratch", "#9c9c9c", "scratch"}};
  for (const Color &color : kColors)
    os << "." << color.name << " { fill: " << color.color << " }\n";
  os << "</style>\n";
  for (auto [index, color] : llvm::enumerate(kColors)) {
    int left = kLeft + 110 * static_cast<int>(index);
    os << llvm::formatv("<rect class=\"{0}\" x=\"{1}\" y=\"10\" width=\"14\" "
                        "height=\"14\"/><text x=\"{2}\" y=\"22\">{3}</text>\n",
                        color.name, left, left + 20, color.text);
  }
  os << llvm::formatv("<text x=\"{0}\" y=\"22\">line: live bytes</text>\n",
                      kLeft + 660);
  int top = 20;
  for (const PlannedFunction &function : functions) {
    Chart(function, arenaBytes, top, os).print();
    top += kChartHeight;
  }
  os << "</svg>\n";
}
