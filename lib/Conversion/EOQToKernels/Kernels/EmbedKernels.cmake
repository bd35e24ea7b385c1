# Writes the kernel files as C++ string literals.
# cmake -DOUTPUT=<file> -DFOLDER=<folder> -DFILES=<names, comma-separated> -P EmbedKernels.cmake
string(REPLACE "," ";" FILES "${FILES}")
file(WRITE "${OUTPUT}.tmp" "// Made by EmbedKernels.cmake from the .mlir files.\n")
foreach(name ${FILES})
  file(READ "${FOLDER}/${name}" text)
  file(APPEND "${OUTPUT}.tmp" "{\"${name}\", R\"EOQ(${text})EOQ\"},\n")
endforeach()
file(RENAME "${OUTPUT}.tmp" "${OUTPUT}")
