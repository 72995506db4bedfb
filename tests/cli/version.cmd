nocturne --version | sed -E 's/[0-9].*//; s/(gcc|clang) $/COMPILER/; s/(not )?built in/MPI OR NOT/'
