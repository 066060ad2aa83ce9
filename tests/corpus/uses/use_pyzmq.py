import zmq

context = zmq.Context()
left, right = context.socket(zmq.PAIR), context.socket(zmq.PAIR)
left.bind("inproc://pair")
right.connect("inproc://pair")
right.send(b"over there")
assert left.recv() == b"over there"
left.close()
right.close()
context.term()
